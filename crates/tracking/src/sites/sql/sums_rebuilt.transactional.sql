-- Only if the zone has not been changed once more meanwhile.
UPDATE sites SET summed_in = NULL WHERE id = $1 AND time_zone = $2
