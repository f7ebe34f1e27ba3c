RESTORE DATABASE default
FROM File({path:String})
