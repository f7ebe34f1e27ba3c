-- Puts the parts of a query together: each has its own metrics of a line and none of the others'. One line is the total
-- of everything. No index knows sessions: looking one up for a filter on them costs twice as much as the filter.
SELECT total/*columns*/
FROM
(
    /*parts*/
)
/*only*/
GROUP BY total/*keys*/
ORDER BY total DESC/*order*/
/*each*/
LIMIT {limit:UInt64} OFFSET {offset:UInt64}
SETTINGS do_not_merge_across_partitions_select_final = 1, use_index_for_in_with_subqueries = 0,
    output_format_json_quote_decimals = 1/*settings*/
