DELETE FROM rights_veils WHERE erasure = $1
