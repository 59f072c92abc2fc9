DROP TRIGGER outcomes_split_made;
--
CREATE TRIGGER outcomes_split_made BEFORE INSERT ON outcomes_split
WHEN NOT coalesce(
  -- Whether the row is surely right, in one pass over each list. If not, the body says what is wrong with it, if anything
  -- is: it holds every rule, and does not rely on this.
  CASE WHEN NEW.reverses_id IS NULL AND typeof(NEW.total) = 'integer' AND NEW.total <= 1000000000000000
    AND typeof(NEW.amounts) = 'text' AND typeof(NEW.outcomes) = 'text' AND typeof(NEW.versions) = 'text'
    AND typeof(NEW.quantities) = 'text'
    AND json_valid(NEW.amounts) AND json_valid(NEW.outcomes) AND json_valid(NEW.versions) AND json_valid(NEW.quantities)
    -- Without quotes, true, false, null and minus a list holds numbers that are not below zero, or lists of such. A sum
    -- is whole only of whole numbers.
    AND NEW.amounts NOT GLOB '*"*' AND NEW.amounts NOT GLOB '*e*' AND NEW.amounts NOT GLOB '*u*' AND NEW.amounts NOT GLOB '*-*'
    AND NEW.versions NOT GLOB '*"*' AND NEW.versions NOT GLOB '*e*' AND NEW.versions NOT GLOB '*u*' AND NEW.versions NOT GLOB '*-*'
    AND NEW.quantities NOT GLOB '*"*' AND NEW.quantities NOT GLOB '*e*' AND NEW.quantities NOT GLOB '*u*' AND NEW.quantities NOT GLOB '*-*'
    AND json_array_length(NEW.outcomes) > 0
    AND json_array_length(NEW.versions) = json_array_length(NEW.outcomes)
    AND json_array_length(NEW.quantities) = json_array_length(NEW.outcomes)
  THEN
    NEW.digest NOT GLOB '*[^0-9a-f]*' AND length(NEW.digest) = 64
    AND NEW.scope = NEW.contract_id || '|' || NEW.measure_id || '|' || NEW.quarter_starting || '|' || NEW.place_gss
    AND (SELECT sum(value) = NEW.total AND typeof(sum(value)) = 'integer' FROM json_each(NEW.amounts))
    AND (SELECT sum(value) = NEW.total AND typeof(sum(value)) = 'integer' AND min(value) > 0
      FROM json_each(NEW.quantities))
    AND (SELECT max(value) <= 1000000000000000 AND typeof(sum(value)) = 'integer' FROM json_each(NEW.versions))
    AND (SELECT count(DISTINCT value) = count(*) AND min(type) = 'text' AND max(type) = 'text' AND min(value) > ''
      FROM json_each(NEW.outcomes))
    AND NOT EXISTS (SELECT 1 FROM outcomes_split WHERE id = NEW.id)
    AND NOT EXISTS (SELECT 1 FROM outcomes_split WHERE digest = NEW.digest)
    AND coalesce(
      (SELECT seq + 1 = NEW.seq AND digest = NEW.previous_digest FROM outcomes_split
        WHERE book = NEW.book AND scope = NEW.scope ORDER BY seq DESC LIMIT 1),
      NEW.seq = 1 AND NEW.previous_digest = substr(hex(zeroblob(32)), 1, 64))
    -- Weights are one for each party of their roster, and shorter to count than parties.
    AND EXISTS (
      SELECT 1 FROM outcomes_rule_version r
      JOIN outcomes_weight_version w ON w.id = NEW.weight_version_id AND w.roster_id = r.roster_id
        AND json_array_length(w.weights) = json_array_length(NEW.amounts)
      JOIN delivery_contract c ON c.id = NEW.contract_id AND c.consortium_id = r.consortium_id
      WHERE r.id = NEW.rule_version_id AND r.roster_id = NEW.roster_id AND r.consortium_id = NEW.consortium_id)
  WHEN NEW.reverses_id IS NOT NULL AND typeof(NEW.total) = 'integer' AND typeof(NEW.amounts) = 'text'
    AND typeof(NEW.quantities) = 'text' AND typeof(NEW.outcomes) = 'text' AND typeof(NEW.versions) = 'text'
    AND json_valid(NEW.amounts) AND json_valid(NEW.quantities)
  THEN
    NEW.digest NOT GLOB '*[^0-9a-f]*' AND length(NEW.digest) = 64
    AND NOT EXISTS (SELECT 1 FROM outcomes_split WHERE id = NEW.id)
    AND NOT EXISTS (SELECT 1 FROM outcomes_split WHERE digest = NEW.digest)
    AND NOT EXISTS (SELECT 1 FROM outcomes_split WHERE reverses_id = NEW.reverses_id)
    AND (SELECT seq + 1 = NEW.seq AND digest = NEW.previous_digest FROM outcomes_split
      WHERE book = NEW.book AND scope = NEW.scope ORDER BY seq DESC LIMIT 1)
    -- The original has been held against every rule; of its lists, which are of numbers not below zero, the negative
    -- is a matter of spelling.
    AND EXISTS (
      SELECT 1 FROM outcomes_split o WHERE o.id = NEW.reverses_id AND o.reverses_id IS NULL
        AND o.book = NEW.book AND o.scope = NEW.scope AND o.consortium_id = NEW.consortium_id
        AND o.contract_id = NEW.contract_id AND o.measure_id = NEW.measure_id
        AND o.quarter_starting = NEW.quarter_starting AND o.place_gss = NEW.place_gss
        AND o.roster_id = NEW.roster_id AND o.rule_version_id = NEW.rule_version_id
        AND o.weight_version_id = NEW.weight_version_id AND o.total = -NEW.total
        AND o.outcomes = NEW.outcomes AND o.versions = NEW.versions
        AND NEW.amounts = replace(replace('[-' || replace(substr(o.amounts, 2), ',', ',-'), '-0,', '0,'), '-0]', '0]')
        AND NEW.quantities = replace(replace('[-' || replace(substr(o.quantities, 2), ',', ',-'), '-0,', '0,'), '-0]', '0]'))
  END, 0)
BEGIN
  SELECT RAISE(ABORT, 'outcomes_split is append-only')
  WHERE EXISTS (SELECT 1 FROM outcomes_split WHERE id = NEW.id OR digest = NEW.digest)
    OR EXISTS (SELECT 1 FROM outcomes_split WHERE book = NEW.book AND scope = NEW.scope AND seq = NEW.seq);
  SELECT RAISE(ABORT, 'outcomes_split: amounts is not a list')
  WHERE CASE WHEN typeof(NEW.amounts) <> 'text' THEN 1 WHEN NOT json_valid(NEW.amounts) THEN 1
    ELSE json_type(NEW.amounts) <> 'array' END;
  SELECT RAISE(ABORT, 'outcomes_split: amounts holds something that is not integer')
  WHERE EXISTS (SELECT 1 FROM json_each(NEW.amounts) WHERE type <> 'integer' OR typeof(value) <> 'integer'
    OR (typeof(value) = 'integer' AND value NOT BETWEEN -1000000000000000 AND 1000000000000000));
  SELECT RAISE(ABORT, 'outcomes_split: outcomes is not a list')
  WHERE CASE WHEN typeof(NEW.outcomes) <> 'text' THEN 1 WHEN NOT json_valid(NEW.outcomes) THEN 1
    ELSE json_type(NEW.outcomes) <> 'array' END;
  SELECT RAISE(ABORT, 'outcomes_split: outcomes holds something that is not text')
  WHERE EXISTS (SELECT 1 FROM json_each(NEW.outcomes) WHERE type <> 'text' OR typeof(value) <> 'text' OR value = ''
    OR (typeof(value) = 'integer' AND value NOT BETWEEN -1000000000000000 AND 1000000000000000));
  SELECT RAISE(ABORT, 'outcomes_split: versions is not a list')
  WHERE CASE WHEN typeof(NEW.versions) <> 'text' THEN 1 WHEN NOT json_valid(NEW.versions) THEN 1
    ELSE json_type(NEW.versions) <> 'array' END;
  SELECT RAISE(ABORT, 'outcomes_split: versions holds something that is not integer')
  WHERE EXISTS (SELECT 1 FROM json_each(NEW.versions) WHERE type <> 'integer' OR typeof(value) <> 'integer'
    OR (typeof(value) = 'integer' AND value NOT BETWEEN -1000000000000000 AND 1000000000000000));
  SELECT RAISE(ABORT, 'outcomes_split: quantities is not a list')
  WHERE CASE WHEN typeof(NEW.quantities) <> 'text' THEN 1 WHEN NOT json_valid(NEW.quantities) THEN 1
    ELSE json_type(NEW.quantities) <> 'array' END;
  SELECT RAISE(ABORT, 'outcomes_split: quantities holds something that is not integer')
  WHERE EXISTS (SELECT 1 FROM json_each(NEW.quantities) WHERE type <> 'integer' OR typeof(value) <> 'integer'
    OR (typeof(value) = 'integer' AND value NOT BETWEEN -1000000000000000 AND 1000000000000000));
  SELECT RAISE(ABORT, 'outcomes_split: amounts do not add up to the total')
  WHERE typeof(NEW.total) <> 'integer'
    OR NEW.total <> (SELECT coalesce(sum(value), 0) FROM json_each(NEW.amounts));
  SELECT RAISE(ABORT, 'outcomes_split: quantities do not add up to the total')
  WHERE NEW.total <> (SELECT coalesce(sum(value), 0) FROM json_each(NEW.quantities));
  SELECT RAISE(ABORT, 'outcomes_split: one version and quantity for each outcome, each once')
  WHERE json_array_length(NEW.outcomes) = 0
    OR json_array_length(NEW.versions) <> json_array_length(NEW.outcomes)
    OR json_array_length(NEW.quantities) <> json_array_length(NEW.outcomes)
    OR (SELECT count(DISTINCT value) FROM json_each(NEW.outcomes)) <> json_array_length(NEW.outcomes);
  SELECT RAISE(ABORT, 'outcomes_split: one amount for each party of the roster')
  WHERE json_array_length(NEW.amounts)
    IS NOT (SELECT json_array_length(parties) FROM outcomes_roster WHERE id = NEW.roster_id);
  SELECT RAISE(ABORT, 'outcomes_split: roster, rule, weights and contract do not belong together')
  WHERE NOT EXISTS (
    SELECT 1 FROM outcomes_rule_version r
    JOIN outcomes_weight_version w ON w.id = NEW.weight_version_id AND w.roster_id = r.roster_id
    JOIN delivery_contract c ON c.id = NEW.contract_id AND c.consortium_id = r.consortium_id
    WHERE r.id = NEW.rule_version_id AND r.roster_id = NEW.roster_id AND r.consortium_id = NEW.consortium_id);
  SELECT RAISE(ABORT, 'outcomes_split: the scope is not that of its contract, measure, quarter and place')
  WHERE NEW.scope <> NEW.contract_id || '|' || NEW.measure_id || '|' || NEW.quarter_starting || '|' || NEW.place_gss;
  SELECT RAISE(ABORT, 'outcomes_split: the number does not follow')
  WHERE NEW.seq <> (
    SELECT coalesce(max(seq), 0) + 1 FROM outcomes_split WHERE book = NEW.book AND scope = NEW.scope);
  SELECT RAISE(ABORT, 'outcomes_split: the digest is not chained to the one before')
  WHERE NEW.digest GLOB '*[^0-9a-f]*' OR length(NEW.digest) <> 64
    OR NEW.previous_digest <> coalesce(
      (SELECT digest FROM outcomes_split WHERE book = NEW.book AND scope = NEW.scope ORDER BY seq DESC LIMIT 1),
      substr(hex(zeroblob(32)), 1, 64));
  SELECT RAISE(ABORT, 'outcomes_split: only a reversal takes away')
  WHERE NEW.reverses_id IS NULL AND (
    EXISTS (SELECT 1 FROM json_each(NEW.quantities) WHERE value <= 0)
    OR EXISTS (SELECT 1 FROM json_each(NEW.amounts) WHERE value < 0));
  SELECT RAISE(ABORT, 'outcomes_split: an outcome is already live in this book')
  WHERE NEW.reverses_id IS NULL AND EXISTS (
    SELECT 1 FROM json_each(NEW.outcomes) o
    CROSS JOIN outcomes_live_claim c WHERE c.book = NEW.book AND c.outcome_id = o.value);
  SELECT RAISE(ABORT, 'outcomes_split: a split is reversed once, and a reversal never')
  WHERE NEW.reverses_id IS NOT NULL AND (
    EXISTS (SELECT 1 FROM outcomes_split WHERE reverses_id = NEW.reverses_id)
    OR NOT EXISTS (SELECT 1 FROM outcomes_split WHERE id = NEW.reverses_id AND reverses_id IS NULL));
  SELECT RAISE(ABORT, 'outcomes_split: a reversal is the exact negative of its split')
  WHERE NEW.reverses_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM outcomes_split o WHERE o.id = NEW.reverses_id
      AND o.book = NEW.book AND o.scope = NEW.scope AND o.roster_id = NEW.roster_id
      AND o.rule_version_id = NEW.rule_version_id AND o.weight_version_id = NEW.weight_version_id
      AND o.total = -NEW.total
      AND json(o.outcomes) = json(NEW.outcomes) AND json(o.versions) = json(NEW.versions)
      AND json_array_length(o.quantities) = json_array_length(NEW.quantities)
      AND NOT EXISTS (SELECT 1 FROM json_each(o.amounts) a JOIN json_each(NEW.amounts) b ON a.key = b.key
        WHERE a.value <> -b.value)
      AND NOT EXISTS (SELECT 1 FROM json_each(o.quantities) a JOIN json_each(NEW.quantities) b ON a.key = b.key
        WHERE a.value <> -b.value));
END;
--
DROP TRIGGER outcomes_split_frees;
--
CREATE TRIGGER outcomes_split_frees AFTER INSERT ON outcomes_split WHEN NEW.reverses_id IS NOT NULL
BEGIN
  DELETE FROM outcomes_live_claim
  WHERE book = NEW.book AND outcome_id IN (SELECT value FROM json_each(NEW.outcomes)) AND split_id = NEW.reverses_id;
END;
--
DROP TRIGGER outcomes_live_claim_made;
--
CREATE TRIGGER outcomes_live_claim_made BEFORE INSERT ON outcomes_live_claim
BEGIN
  SELECT RAISE(ABORT, 'outcomes_live_claim: the outcome is already live in this book')
  WHERE EXISTS (SELECT 1 FROM outcomes_live_claim WHERE book = NEW.book AND outcome_id = NEW.outcome_id);
  SELECT RAISE(ABORT, 'outcomes_live_claim: claims are made by splits')
  WHERE NOT EXISTS (
    SELECT 1 FROM outcomes_split s WHERE s.id = NEW.split_id AND s.book = NEW.book AND s.reverses_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM outcomes_split r WHERE r.reverses_id = s.id)
      -- Where no outcome has anything to escape, quotes stand around outcomes alone, and commas between them.
      AND CASE WHEN s.outcomes NOT GLOB '*\*' AND typeof(NEW.outcome_id) = 'text'
          AND NEW.outcome_id NOT GLOB '*"*' AND NEW.outcome_id NOT GLOB '*,*'
        THEN instr(s.outcomes, '"' || NEW.outcome_id || '"') > 0
        ELSE EXISTS (SELECT 1 FROM json_each(s.outcomes) WHERE value = NEW.outcome_id) END);
END;
