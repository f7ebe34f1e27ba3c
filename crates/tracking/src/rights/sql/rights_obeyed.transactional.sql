SELECT erasure, at FROM rights_obeyed WHERE log = $1
