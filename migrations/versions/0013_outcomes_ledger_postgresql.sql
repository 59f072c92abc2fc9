-- A session keeps the plans of this function. Those made while the ledger is empty would read all of it for every row of
-- a bulk insert, so only indexes are thought of.
CREATE OR REPLACE FUNCTION outcomes_split_guard() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
  original outcomes_split;
  added bigint := 0;
  amount bigint;
  places integer;
  newest_seq integer;
  newest_digest text;
  each_once boolean;
  list bigint[];
  size integer;
BEGIN
  -- Whether the row is surely right, with as few queries as can be. If not, the rest says what is wrong with it, if
  -- anything is: it holds every rule, and does not rely on this.
  IF NEW.reverses_id IS NULL AND array_ndims(NEW.amounts) = 1 AND array_ndims(NEW.outcomes) = 1
    AND array_ndims(NEW.versions) = 1 AND array_ndims(NEW.quantities) = 1
    AND array_lower(NEW.amounts, 1) = 1 AND array_lower(NEW.outcomes, 1) = 1
    AND array_lower(NEW.versions, 1) = 1 AND array_lower(NEW.quantities, 1) = 1
    AND cardinality(NEW.versions) = cardinality(NEW.outcomes) AND cardinality(NEW.quantities) = cardinality(NEW.outcomes)
    AND array_position(NEW.outcomes, NULL) IS NULL
    AND 0 <= ALL (NEW.amounts) AND 1000000000000000 >= ALL (NEW.amounts)
    AND 0 <= ALL (NEW.versions) AND 1000000000000000 >= ALL (NEW.versions)
    AND 0 < ALL (NEW.quantities) AND 1000000000000000 >= ALL (NEW.quantities)
    AND NEW.scope = replace(NEW.contract_id::text, '-', '') || '|' || replace(NEW.measure_id::text, '-', '') || '|'
      || to_char(NEW.quarter_starting, 'YYYY-MM-DD') || '|' || NEW.place_gss
    AND NEW.digest ~ '^[0-9a-f]{64}$' AND NEW.total BETWEEN 0 AND 1000000000000000
  THEN
    list := NEW.amounts;
    size := cardinality(list);
    added := NEW.total;
    FOR place IN 1 .. size - 7 BY 8 LOOP
      added := added - list[place] - list[place + 1] - list[place + 2] - list[place + 3]
        - list[place + 4] - list[place + 5] - list[place + 6] - list[place + 7];
    END LOOP;
    FOR place IN size - size % 8 + 1 .. size LOOP
      added := added - list[place];
    END LOOP;
    IF added = 0 THEN
      FOREACH amount IN ARRAY NEW.quantities LOOP
        added := added + amount;
      END LOOP;
      each_once := '' <> ALL (NEW.outcomes);
      IF cardinality(NEW.outcomes) > 32 THEN
        SELECT count(DISTINCT value) = count(*) AND each_once INTO each_once FROM unnest(NEW.outcomes) AS o (value);
      ELSE -- for a few quicker than a query
        FOR place IN 1 .. cardinality(NEW.outcomes) LOOP
          each_once := each_once AND array_position(NEW.outcomes, NEW.outcomes[place], place + 1) IS NULL;
        END LOOP;
      END IF;
      SELECT seq, digest INTO newest_seq, newest_digest FROM outcomes_split
      WHERE book = NEW.book AND scope = NEW.scope ORDER BY seq DESC LIMIT 1;
      PERFORM 1 FROM outcomes_rule_version r
      JOIN outcomes_weight_version w ON w.id = NEW.weight_version_id AND w.roster_id = r.roster_id
        AND cardinality(w.weights) = size -- which is one for each party of the roster
      JOIN delivery_contract c ON c.id = NEW.contract_id AND c.consortium_id = r.consortium_id
      WHERE r.id = NEW.rule_version_id AND r.roster_id = NEW.roster_id AND r.consortium_id = NEW.consortium_id;
      IF FOUND AND added = NEW.total AND each_once AND NEW.seq = coalesce(newest_seq, 0) + 1
        AND NEW.previous_digest = coalesce(newest_digest, repeat('0', 64))
      THEN
        RETURN NEW;
      END IF;
    END IF;
    added := 0;
  END IF;
  IF (array_ndims(NEW.amounts) = 1 AND array_ndims(NEW.outcomes) = 1 AND array_ndims(NEW.versions) = 1
      AND array_ndims(NEW.quantities) = 1 AND array_lower(NEW.amounts, 1) = 1 AND array_lower(NEW.outcomes, 1) = 1
      AND array_lower(NEW.versions, 1) = 1 AND array_lower(NEW.quantities, 1) = 1
      AND array_position(NEW.outcomes, NULL) IS NULL
      AND 1000000000000000 >= ALL (NEW.amounts) AND -1000000000000000 <= ALL (NEW.amounts)
      AND 1000000000000000 >= ALL (NEW.versions) AND -1000000000000000 <= ALL (NEW.versions)
      AND 1000000000000000 >= ALL (NEW.quantities) AND -1000000000000000 <= ALL (NEW.quantities)) IS NOT TRUE
  THEN
    PERFORM outcomes_require(false, 'outcomes_split: a list is missing something');
  END IF;
  FOREACH amount IN ARRAY NEW.amounts LOOP -- for fifty shares quicker than a query
    added := added + amount;
  END LOOP;
  IF (added = NEW.total) IS NOT TRUE THEN
    PERFORM outcomes_require(false, 'outcomes_split: amounts do not add up to the total');
  END IF;
  SELECT sum(value) INTO added FROM unnest(NEW.quantities) AS element (value);
  IF (added = NEW.total) IS NOT TRUE THEN
    PERFORM outcomes_require(false, 'outcomes_split: quantities do not add up to the total');
  END IF;
  SELECT count(DISTINCT value) = count(*) AND bool_and(value <> '') INTO each_once
  FROM unnest(NEW.outcomes) AS element (value);
  IF (each_once AND cardinality(NEW.versions) = cardinality(NEW.outcomes)
      AND cardinality(NEW.quantities) = cardinality(NEW.outcomes)) IS NOT TRUE
  THEN
    PERFORM outcomes_require(false, 'outcomes_split: one version and quantity for each outcome, each once');
  END IF;
  SELECT cardinality(parties) INTO places FROM outcomes_roster WHERE id = NEW.roster_id;
  IF (cardinality(NEW.amounts) = places) IS NOT TRUE THEN
    PERFORM outcomes_require(false, 'outcomes_split: one amount for each party of the roster');
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM outcomes_rule_version r
    JOIN outcomes_weight_version w ON w.id = NEW.weight_version_id AND w.roster_id = r.roster_id
    JOIN delivery_contract c ON c.id = NEW.contract_id AND c.consortium_id = r.consortium_id
    WHERE r.id = NEW.rule_version_id AND r.roster_id = NEW.roster_id AND r.consortium_id = NEW.consortium_id)
  THEN
    PERFORM outcomes_require(false, 'outcomes_split: roster, rule, weights and contract do not belong together');
  END IF;
  IF (NEW.scope = replace(NEW.contract_id::text, '-', '') || '|' || replace(NEW.measure_id::text, '-', '') || '|'
      || to_char(NEW.quarter_starting, 'YYYY-MM-DD') || '|' || NEW.place_gss) IS NOT TRUE
  THEN
    PERFORM outcomes_require(
      false, 'outcomes_split: the scope is not that of its contract, measure, quarter and place');
  END IF;
  SELECT seq, digest INTO newest_seq, newest_digest FROM outcomes_split
  WHERE book = NEW.book AND scope = NEW.scope ORDER BY seq DESC LIMIT 1;
  IF (NEW.seq = coalesce(newest_seq, 0) + 1) IS NOT TRUE THEN
    -- A row that is there already is refused as such: nothing is put in its place.
    PERFORM outcomes_require(
      NOT EXISTS (SELECT 1 FROM outcomes_split WHERE id = NEW.id), 'outcomes_split is append-only');
    PERFORM outcomes_require(false, 'outcomes_split: the number does not follow');
  END IF;
  IF (NEW.digest ~ '^[0-9a-f]{64}$' AND NEW.previous_digest = coalesce(newest_digest, repeat('0', 64))) IS NOT TRUE
  THEN
    PERFORM outcomes_require(false, 'outcomes_split: the digest is not chained to the one before');
  END IF;
  IF NEW.reverses_id IS NULL THEN
    IF (0 < ALL (NEW.quantities) AND 0 <= ALL (NEW.amounts)) IS NOT TRUE THEN
      PERFORM outcomes_require(false, 'outcomes_split: only a reversal takes away');
    END IF;
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
END $$;;
--
-- A statement of few rows keeps its plans, which go by indexes. One of many is planned anew each time: a plan for one row
-- would be hopeless for a hundred thousand.
CREATE OR REPLACE FUNCTION outcomes_split_claim() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
  few boolean := (SELECT count(*) FROM (SELECT 1 FROM made LIMIT 9) AS counted) < 9;
BEGIN
  IF EXISTS (SELECT 1 FROM made WHERE reverses_id IS NOT NULL) THEN
    IF few THEN
      DELETE FROM outcomes_live_claim c
      USING made m CROSS JOIN LATERAL unnest(m.outcomes) AS element (outcome)
      WHERE m.reverses_id IS NOT NULL
        AND c.book = m.book AND c.outcome_id = element.outcome AND c.split_id = m.reverses_id;
    ELSE
      EXECUTE 'DELETE FROM outcomes_live_claim c
        USING made m CROSS JOIN LATERAL unnest(m.outcomes) AS element (outcome)
        WHERE m.reverses_id IS NOT NULL
          AND c.book = m.book AND c.outcome_id = element.outcome AND c.split_id = m.reverses_id';
    END IF;
  END IF;
  IF few THEN
    INSERT INTO outcomes_live_claim (book, outcome_id, split_id)
    SELECT m.book, element.outcome, m.id FROM made m CROSS JOIN LATERAL unnest(m.outcomes) AS element (outcome)
    WHERE m.reverses_id IS NULL AND NOT EXISTS (SELECT 1 FROM outcomes_split r WHERE r.reverses_id = m.id);
  ELSE
    EXECUTE 'INSERT INTO outcomes_live_claim (book, outcome_id, split_id)
      SELECT m.book, element.outcome, m.id FROM made m CROSS JOIN LATERAL unnest(m.outcomes) AS element (outcome)
      WHERE m.reverses_id IS NULL AND NOT EXISTS (SELECT 1 FROM outcomes_split r WHERE r.reverses_id = m.id)';
  END IF;
  RETURN NULL;
EXCEPTION WHEN unique_violation THEN
  PERFORM outcomes_require(false, 'outcomes_split: an outcome is already live in this book');
  RETURN NULL;
END $$;
--
CREATE OR REPLACE FUNCTION outcomes_live_claim_guard() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
  forged boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF (SELECT count(*) FROM (SELECT 1 FROM claimed LIMIT 99) AS counted) < 99 THEN
      forged := EXISTS (
        SELECT 1 FROM
          (SELECT book, split_id, array_agg(outcome_id::text) AS outcomes FROM claimed GROUP BY book, split_id) c
        LEFT JOIN outcomes_split s ON s.id = c.split_id
        WHERE s.id IS NULL OR s.book <> c.book OR s.reverses_id IS NOT NULL
          OR EXISTS (SELECT 1 FROM outcomes_split r WHERE r.reverses_id = c.split_id)
          OR (c.outcomes <> s.outcomes AND EXISTS (SELECT unnest(c.outcomes) EXCEPT SELECT unnest(s.outcomes))));
    ELSE
      EXECUTE 'SELECT EXISTS (
          SELECT 1 FROM
            (SELECT book, split_id, array_agg(outcome_id::text) AS outcomes FROM claimed GROUP BY book, split_id) c
          LEFT JOIN outcomes_split s ON s.id = c.split_id
          WHERE s.id IS NULL OR s.book <> c.book OR s.reverses_id IS NOT NULL
            OR EXISTS (SELECT 1 FROM outcomes_split r WHERE r.reverses_id = c.split_id)
            OR (c.outcomes <> s.outcomes AND EXISTS (SELECT unnest(c.outcomes) EXCEPT SELECT unnest(s.outcomes))))' INTO forged;
    END IF;
    PERFORM outcomes_require(NOT forged, 'outcomes_live_claim: claims are made by splits');
  ELSE
    IF (SELECT count(*) FROM (SELECT 1 FROM freed LIMIT 99) AS counted) < 99 THEN
      forged := EXISTS (
        SELECT 1 FROM (SELECT DISTINCT split_id FROM freed) f
        WHERE NOT EXISTS (SELECT 1 FROM outcomes_split r WHERE r.reverses_id = f.split_id));
    ELSE
      EXECUTE 'SELECT EXISTS (
          SELECT 1 FROM (SELECT DISTINCT split_id FROM freed) f
          WHERE NOT EXISTS (SELECT 1 FROM outcomes_split r WHERE r.reverses_id = f.split_id))' INTO forged;
    END IF;
    PERFORM outcomes_require(NOT forged, 'outcomes_live_claim: claims are freed by reversals');
  END IF;
  RETURN NULL;
END $$;
--
-- Records of many splits repeat themselves; this is read and written several times as fast as what is usual, where the
-- server was built with it.
DO $$
BEGIN
  ALTER TABLE outcomes_split ALTER COLUMN explanation SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
  NULL;
END $$;
