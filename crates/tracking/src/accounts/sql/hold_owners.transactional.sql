-- Changes nothing: whoever removes an owner at the same time waits here, and then sees who is left.
UPDATE users SET role = role WHERE role = 'owner'
