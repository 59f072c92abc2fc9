CREATE TRIGGER outcomes_roster_made BEFORE INSERT ON outcomes_roster
BEGIN
  SELECT RAISE(ABORT, 'outcomes_roster: parties is not a list')
  WHERE CASE WHEN typeof(NEW.parties) <> 'text' THEN 1 WHEN NOT json_valid(NEW.parties) THEN 1
    ELSE json_type(NEW.parties) <> 'array' END;
  SELECT RAISE(ABORT, 'outcomes_roster: parties holds something that is not text')
  WHERE EXISTS (SELECT 1 FROM json_each(NEW.parties) WHERE type <> 'text' OR typeof(value) <> 'text' OR value = ''
    OR (typeof(value) = 'integer' AND value NOT BETWEEN -1000000000000000 AND 1000000000000000));
  SELECT RAISE(ABORT, 'outcomes_roster: members each once, then the unallocated place')
  WHERE json_array_length(NEW.parties) < 2
    OR json_extract(NEW.parties, '$[#-1]') <> 'unallocated'
    OR (SELECT count(DISTINCT value) FROM json_each(NEW.parties)) <> json_array_length(NEW.parties);
END;
--
CREATE TRIGGER outcomes_rule_version_made BEFORE INSERT ON outcomes_rule_version
WHEN NEW.consortium_id <> (SELECT consortium_id FROM outcomes_roster WHERE id = NEW.roster_id)
BEGIN SELECT RAISE(ABORT, 'outcomes_rule_version: the roster is another consortium''s'); END;
--
CREATE TRIGGER outcomes_weight_version_made BEFORE INSERT ON outcomes_weight_version
BEGIN
  SELECT RAISE(ABORT, 'outcomes_weight_version: weights is not a list')
  WHERE CASE WHEN typeof(NEW.weights) <> 'text' THEN 1 WHEN NOT json_valid(NEW.weights) THEN 1
    ELSE json_type(NEW.weights) <> 'array' END;
  SELECT RAISE(ABORT, 'outcomes_weight_version: weights holds something that is not integer')
  WHERE EXISTS (SELECT 1 FROM json_each(NEW.weights) WHERE type <> 'integer' OR typeof(value) <> 'integer'
    OR (typeof(value) = 'integer' AND value NOT BETWEEN -1000000000000000 AND 1000000000000000));
  SELECT RAISE(ABORT, 'outcomes_weight_version: one weight for each party, zero or more, one above zero')
  WHERE json_array_length(NEW.weights)
      <> (SELECT json_array_length(parties) FROM outcomes_roster WHERE id = NEW.roster_id)
    OR (SELECT min(value) < 0 OR max(value) <= 0 FROM json_each(NEW.weights));
END;
--
CREATE TRIGGER outcomes_split_made BEFORE INSERT ON outcomes_split
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
    JOIN outcomes_live_claim c ON c.book = NEW.book AND c.outcome_id = o.value);
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
CREATE TRIGGER outcomes_split_claims AFTER INSERT ON outcomes_split WHEN NEW.reverses_id IS NULL
BEGIN
  INSERT INTO outcomes_live_claim (book, outcome_id, split_id)
  SELECT NEW.book, value, NEW.id FROM json_each(NEW.outcomes);
END;
--
CREATE TRIGGER outcomes_split_frees AFTER INSERT ON outcomes_split WHEN NEW.reverses_id IS NOT NULL
BEGIN
  DELETE FROM outcomes_live_claim WHERE split_id = NEW.reverses_id;
END;
--
CREATE TRIGGER outcomes_live_claim_made BEFORE INSERT ON outcomes_live_claim
BEGIN
  SELECT RAISE(ABORT, 'outcomes_live_claim: the outcome is already live in this book')
  WHERE EXISTS (SELECT 1 FROM outcomes_live_claim WHERE book = NEW.book AND outcome_id = NEW.outcome_id);
  SELECT RAISE(ABORT, 'outcomes_live_claim: claims are made by splits')
  WHERE NOT EXISTS (
    SELECT 1 FROM outcomes_split s WHERE s.id = NEW.split_id AND s.book = NEW.book AND s.reverses_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM outcomes_split r WHERE r.reverses_id = s.id)
      AND EXISTS (SELECT 1 FROM json_each(s.outcomes) WHERE value = NEW.outcome_id));
END;
--
CREATE TRIGGER outcomes_live_claim_not_changed BEFORE UPDATE ON outcomes_live_claim
BEGIN SELECT RAISE(ABORT, 'outcomes_live_claim: claims are made by splits'); END;
--
CREATE TRIGGER outcomes_live_claim_freed BEFORE DELETE ON outcomes_live_claim
WHEN NOT EXISTS (SELECT 1 FROM outcomes_split WHERE reverses_id = OLD.split_id)
BEGIN SELECT RAISE(ABORT, 'outcomes_live_claim: claims are freed by reversals'); END;
--
CREATE VIEW outcomes_posting AS
SELECT s.id AS split_id, s.consortium_id, s.book, s.scope, s.seq, s.contract_id, s.measure_id, s.quarter_starting,
  s.place_gss, s.posted_at, p.key + 1 AS position, p.value AS party, a.value AS amount
FROM outcomes_split s
JOIN outcomes_roster r ON r.id = s.roster_id
JOIN json_each(s.amounts) a
JOIN json_each(r.parties) p ON p.key = a.key;
