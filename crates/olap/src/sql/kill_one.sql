-- Cancels what the connection of this name runs.
KILL QUERY WHERE Settings['log_comment'] = '{tag}' ASYNC
