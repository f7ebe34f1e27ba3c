-- Refused with code 427 when the engine cannot read the pattern.
SELECT match('', {pattern:String})
