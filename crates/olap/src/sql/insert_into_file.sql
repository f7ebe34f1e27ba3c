-- Writes an answer as one document, for formats that cannot be cut into pieces.
INSERT INTO FUNCTION file({ut_path:String}, {ut_format:String})
