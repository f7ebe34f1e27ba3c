-- What every connection starts with. `log_comment` names it, so that its query can be cancelled from another one.
SET
    log_comment = '{tag}',
    session_timezone = 'UTC',
    implicit_select = 0,
    async_insert = 0,
    max_execution_time = {seconds},
    max_memory_usage = {memory},
    max_block_size = {block},
    output_format_json_quote_64bit_integers = 0,
    output_format_json_quote_decimals = 1,
    output_format_json_validate_utf8 = 1
