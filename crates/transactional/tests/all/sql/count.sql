UPDATE counter SET value = value + 1
