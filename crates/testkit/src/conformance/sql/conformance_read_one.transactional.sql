SELECT name, number, content, note FROM conformance WHERE name = $1
