SELECT name, number, content, note FROM conformance ORDER BY name
