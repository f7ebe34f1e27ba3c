BACKUP DATABASE default
TO File({path:String})
