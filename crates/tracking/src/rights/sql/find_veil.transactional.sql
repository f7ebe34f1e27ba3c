SELECT veil FROM rights_veils WHERE erasure = $1
