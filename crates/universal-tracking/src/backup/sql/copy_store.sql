-- Into a new file: what was deleted before is not in it, and nobody waits meanwhile.
VACUUM INTO $1
