CREATE FUNCTION outcomes_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
--
CREATE FUNCTION outcomes_require(holds boolean, message text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF holds IS NOT TRUE THEN
    RAISE EXCEPTION '%', message USING ERRCODE = 'integrity_constraint_violation';
  END IF;
END $$;
--
CREATE FUNCTION outcomes_is_list(list anyarray) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT array_ndims(list) = 1 AND array_lower(list, 1) = 1 AND array_position(list, NULL) IS NULL
$$;
--
CREATE FUNCTION outcomes_within(list bigint[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT 1000000000000000 >= ALL (list) AND -1000000000000000 <= ALL (list)
$$;
--
CREATE FUNCTION outcomes_negative(list bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$
  SELECT array_agg(-value ORDER BY place) FROM unnest(list) WITH ORDINALITY AS element (value, place)
$$;
--
CREATE FUNCTION outcomes_total(list bigint[]) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
  SELECT sum(value) FROM unnest(list) AS element (value)
$$;
--
CREATE FUNCTION outcomes_each_once(list text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT count(DISTINCT value) = count(*) AND bool_and(value <> '') FROM unnest(list) AS element (value)
$$;
--
CREATE FUNCTION outcomes_roster_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM outcomes_require(
    outcomes_is_list(NEW.parties) AND cardinality(NEW.parties) >= 2 AND outcomes_each_once(NEW.parties)
      AND NEW.parties[cardinality(NEW.parties)] = 'unallocated',
    'outcomes_roster: members each once, then the unallocated place');
  RETURN NEW;
END $$;
--
CREATE TRIGGER outcomes_roster_made BEFORE INSERT ON outcomes_roster
FOR EACH ROW EXECUTE FUNCTION outcomes_roster_guard();
--
CREATE FUNCTION outcomes_rule_version_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM outcomes_require(
    NEW.consortium_id = (SELECT consortium_id FROM outcomes_roster WHERE id = NEW.roster_id),
    'outcomes_rule_version: the roster is another consortium''s');
  RETURN NEW;
END $$;
--
CREATE TRIGGER outcomes_rule_version_made BEFORE INSERT ON outcomes_rule_version
FOR EACH ROW EXECUTE FUNCTION outcomes_rule_version_guard();
--
CREATE FUNCTION outcomes_weight_version_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM outcomes_require(
    outcomes_is_list(NEW.weights) AND outcomes_within(NEW.weights) AND 0 <= ALL (NEW.weights)
      AND 0 < ANY (NEW.weights)
      AND cardinality(NEW.weights) = (SELECT cardinality(parties) FROM outcomes_roster WHERE id = NEW.roster_id),
    'outcomes_weight_version: one weight for each party, zero or more, one above zero');
  RETURN NEW;
END $$;
--
CREATE TRIGGER outcomes_weight_version_made BEFORE INSERT ON outcomes_weight_version
FOR EACH ROW EXECUTE FUNCTION outcomes_weight_version_guard();
--
CREATE FUNCTION outcomes_split_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  original outcomes_split;
BEGIN
  PERFORM outcomes_require(
    NOT EXISTS (SELECT 1 FROM outcomes_split WHERE id = NEW.id), 'outcomes_split is append-only');
  PERFORM outcomes_require(
    outcomes_is_list(NEW.amounts) AND outcomes_is_list(NEW.outcomes) AND outcomes_is_list(NEW.versions)
      AND outcomes_is_list(NEW.quantities) AND outcomes_within(NEW.amounts) AND outcomes_within(NEW.versions)
      AND outcomes_within(NEW.quantities),
    'outcomes_split: a list is missing something');
  PERFORM outcomes_require(
    outcomes_total(NEW.amounts) = NEW.total, 'outcomes_split: amounts do not add up to the total');
  PERFORM outcomes_require(
    outcomes_total(NEW.quantities) = NEW.total, 'outcomes_split: quantities do not add up to the total');
  PERFORM outcomes_require(
    cardinality(NEW.versions) = cardinality(NEW.outcomes) AND cardinality(NEW.quantities) = cardinality(NEW.outcomes)
      AND outcomes_each_once(NEW.outcomes),
    'outcomes_split: one version and quantity for each outcome, each once');
  PERFORM outcomes_require(
    cardinality(NEW.amounts) = (SELECT cardinality(parties) FROM outcomes_roster WHERE id = NEW.roster_id),
    'outcomes_split: one amount for each party of the roster');
  PERFORM outcomes_require(
    EXISTS (
      SELECT 1 FROM outcomes_rule_version r
      JOIN outcomes_weight_version w ON w.id = NEW.weight_version_id AND w.roster_id = r.roster_id
      JOIN delivery_contract c ON c.id = NEW.contract_id AND c.consortium_id = r.consortium_id
      WHERE r.id = NEW.rule_version_id AND r.roster_id = NEW.roster_id AND r.consortium_id = NEW.consortium_id),
    'outcomes_split: roster, rule, weights and contract do not belong together');
  PERFORM outcomes_require(
    NEW.scope = concat_ws('|', replace(NEW.contract_id::text, '-', ''), replace(NEW.measure_id::text, '-', ''),
      to_char(NEW.quarter_starting, 'YYYY-MM-DD'), NEW.place_gss),
    'outcomes_split: the scope is not that of its contract, measure, quarter and place');
  PERFORM outcomes_require(
    NEW.seq = (SELECT coalesce(max(seq), 0) + 1 FROM outcomes_split WHERE book = NEW.book AND scope = NEW.scope),
    'outcomes_split: the number does not follow');
  PERFORM outcomes_require(
    NEW.digest ~ '^[0-9a-f]{64}$' AND NEW.previous_digest = coalesce(
      (SELECT digest FROM outcomes_split WHERE book = NEW.book AND scope = NEW.scope ORDER BY seq DESC LIMIT 1),
      repeat('0', 64)),
    'outcomes_split: the digest is not chained to the one before');
  IF NEW.reverses_id IS NULL THEN
    PERFORM outcomes_require(
      0 < ALL (NEW.quantities) AND 0 <= ALL (NEW.amounts), 'outcomes_split: only a reversal takes away');
    PERFORM outcomes_require(
      NOT EXISTS (SELECT 1 FROM outcomes_live_claim WHERE book = NEW.book AND outcome_id = ANY (NEW.outcomes)),
      'outcomes_split: an outcome is already live in this book');
    RETURN NEW;
  END IF;
  SELECT * INTO original FROM outcomes_split WHERE id = NEW.reverses_id;
  PERFORM outcomes_require(
    original.id IS NOT NULL AND original.reverses_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM outcomes_split WHERE reverses_id = NEW.reverses_id),
    'outcomes_split: a split is reversed once, and a reversal never');
  PERFORM outcomes_require(
    original.book = NEW.book AND original.scope = NEW.scope AND original.roster_id = NEW.roster_id
      AND original.rule_version_id = NEW.rule_version_id AND original.weight_version_id = NEW.weight_version_id
      AND original.total = -NEW.total AND original.outcomes = NEW.outcomes AND original.versions = NEW.versions
      AND outcomes_negative(original.amounts) = NEW.amounts
      AND outcomes_negative(original.quantities) = NEW.quantities,
    'outcomes_split: a reversal is the exact negative of its split');
  RETURN NEW;
END $$;
--
CREATE TRIGGER outcomes_split_made BEFORE INSERT ON outcomes_split
FOR EACH ROW EXECUTE FUNCTION outcomes_split_guard();
--
CREATE FUNCTION outcomes_split_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.reverses_id IS NULL THEN
    INSERT INTO outcomes_live_claim (book, outcome_id, split_id)
    SELECT NEW.book, outcome, NEW.id FROM unnest(NEW.outcomes) AS element (outcome);
  ELSE
    DELETE FROM outcomes_live_claim WHERE split_id = NEW.reverses_id;
  END IF;
  RETURN NULL;
END $$;
--
CREATE TRIGGER outcomes_split_claims AFTER INSERT ON outcomes_split
FOR EACH ROW EXECUTE FUNCTION outcomes_split_claim();
--
CREATE FUNCTION outcomes_live_claim_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM outcomes_require(
      EXISTS (
        SELECT 1 FROM outcomes_split s WHERE s.id = NEW.split_id AND s.book = NEW.book AND s.reverses_id IS NULL
          AND NEW.outcome_id = ANY (s.outcomes)
          AND NOT EXISTS (SELECT 1 FROM outcomes_split r WHERE r.reverses_id = s.id)),
      'outcomes_live_claim: claims are made by splits');
    RETURN NEW;
  END IF;
  PERFORM outcomes_require(
    EXISTS (SELECT 1 FROM outcomes_split WHERE reverses_id = OLD.split_id),
    'outcomes_live_claim: claims are freed by reversals');
  RETURN OLD;
END $$;
--
CREATE TRIGGER outcomes_live_claim_guard BEFORE INSERT OR DELETE ON outcomes_live_claim
FOR EACH ROW EXECUTE FUNCTION outcomes_live_claim_guard();
--
CREATE TRIGGER outcomes_live_claim_not_changed BEFORE UPDATE ON outcomes_live_claim
FOR EACH ROW EXECUTE FUNCTION outcomes_kept();
--
CREATE VIEW outcomes_posting AS
SELECT s.id AS split_id, s.consortium_id, s.book, s.scope, s.seq, s.contract_id, s.measure_id, s.quarter_starting,
  s.place_gss, s.posted_at, share.position, share.party, share.amount
FROM outcomes_split s
JOIN outcomes_roster r ON r.id = s.roster_id
CROSS JOIN LATERAL unnest(r.parties, s.amounts) WITH ORDINALITY AS share (party, amount, position);
