-- How far visits (or visitors) came on a way of steps. An event that fits a step becomes one number, `key`: its time, its
-- place in the page view, its place in the log, and a bit for every step it fits. Numbers sort as events do, a tie is
-- decided, and no two events share one: an event serves one step only. Of most visits only the first step is there: they
-- are counted and not looked at. The others are walked along from the first first step; where that takes longer than the
-- window, the latest beginning that still reaches each step says how far one can come (`farthest`), and a walk backwards
-- which is the first beginning that comes so far. Places in comments: rules.rs, and query/inquiry.rs.
WITH
    visits AS
    (
        SELECT session, /*unit*/ AS unit, toString(/*breakdown*/) AS value
        FROM sessions FINAL
        WHERE site = {site:UInt32}
          AND /*when*/
          /*sessions*/
    ),
    steps AS
    (
        SELECT
            session,
            bitOr(
                bitShiftLeft(toUInt128(toUnixTimestamp64Milli(ts)), 86),
                bitShiftLeft(toUInt128(seq), 54) + bitShiftLeft(toUInt128(lsn), 10) + toUInt128(fits)) AS key
        FROM
        (
            SELECT
                session, ts, seq, lsn,
                transform(name, {names:Array(String)}, {bits:Array(UInt64)}, toUInt64(0)) /*pages*/ AS fits
            FROM events
            WHERE site = {site:UInt32}
              AND ts >= fromUnixTimestamp64Milli({from:Int64} - 86400000, 'UTC')
              AND ts < fromUnixTimestamp64Milli(/*until*/, 'UTC')
              AND name IN {names:Array(String)}
        )
        WHERE fits != 0
    ),
    units AS
    (
        SELECT
            argMinIf(value, key, bitTest(toUInt16(bitAnd(key, 1023)), 0)) AS of_first,
            minIf(key, bitTest(toUInt16(bitAnd(key, 1023)), 0)) AS first,
            groupArrayIf(key, bitAnd(toUInt16(bitAnd(key, 1023)), {kept:UInt16}) != 0) AS keys,
            groupBitOr(toUInt16(bitAnd(key, 1023))) > 1 AS further
        FROM steps
        SEMI LEFT JOIN visits ON steps.session = visits.session
        GROUP BY unit
        HAVING first != 0
    ),
    gathered AS
    (
        SELECT of_first, arrayJoin(arrayPushFront(groupArrayIf((first, keys), further), (toUInt128(0), []))) AS one,
            countIf(NOT further) AS stayed
        FROM units
        GROUP BY of_first
    ),
    walked AS
    (
        SELECT
            of_first,
            if(one.1 = 0, stayed, 1) AS weight,
            arraySort(arrayFilter(key -> key >= one.1, one.2)) AS keys,
            if(one.1 = 0, [], arrayFold(
                (times, key) -> if(
                    bitTest(toUInt16(bitAnd(key, 1023)), length(times)),
                    arrayPushBack(times, toInt64(bitShiftRight(key, 86))),
                    times),
                arrayFilter(key -> key > one.1, keys),
                [toInt64(bitShiftRight(one.1, 86))])) AS straight,
            one.1 = 0 OR straight[-1] - straight[1] <= {window:Int64} AS within,
            if(within, [], keys) AS looked_at,
            arrayCount(start -> start != 0, arrayFold(
                (starts, key) -> arrayMap(
                    step -> multiIf(
                        NOT bitTest(toUInt16(bitAnd(key, 1023)), step - 1), starts[step],
                        step = 1, toInt64(bitShiftRight(key, 86)),
                        starts[step - 1] != 0
                            AND toInt64(bitShiftRight(key, 86)) - starts[step - 1] <= {window:Int64}, starts[step - 1],
                        starts[step]),
                    range(1, {steps:UInt8} + 1)),
                looked_at,
                arrayWithConstant({steps:UInt8}, toInt64(0)))) AS farthest,
            arrayFold(
                (ways, key) -> arrayMap(
                    step -> multiIf(
                        step = {steps:UInt8} + 1, if(
                            bitTest(toUInt16(bitAnd(key, 1023)), 0)
                                AND (farthest = 1 OR notEmpty(ways[2]))
                                AND if(farthest = 1, 0, ways[2][-1] - toInt64(bitShiftRight(key, 86))) <= {window:Int64},
                            arrayPushFront(
                                if(farthest = 1, emptyArrayInt64(), ways[2]), toInt64(bitShiftRight(key, 86))),
                            ways[step]),
                        step > farthest OR NOT bitTest(toUInt16(bitAnd(key, 1023)), step - 1), ways[step],
                        step = farthest, [toInt64(bitShiftRight(key, 86))],
                        empty(ways[step + 1]), ways[step],
                        arrayPushFront(ways[step + 1], toInt64(bitShiftRight(key, 86)))),
                    range(1, {steps:UInt8} + 2)),
                arrayReverse(looked_at),
                arrayWithConstant({steps:UInt8} + 1, emptyArrayInt64()))[-1] AS first_so_far,
            if(within, straight, first_so_far) AS times
        FROM gathered
    )
SELECT
    grouping(of_first) AS total,
    of_first AS value,
    sumForEach(arrayMap(step -> if(step <= greatest(length(times), 1), weight, 0), range(1, {steps:UInt8} + 1))) AS counts,
    quantileExactInclusiveForEach(0.5)(arrayConcat(
        arrayPopFront(arrayDifference(times)),
        if(length(times) = {steps:UInt8}, [times[-1] - times[1]], []))) AS medians
FROM walked
GROUP BY GROUPING SETS ((of_first), ())
ORDER BY total DESC, counts[1] DESC, value
LIMIT {limit:UInt64}
SETTINGS do_not_merge_across_partitions_select_final = 1, use_index_for_in_with_subqueries = 0
