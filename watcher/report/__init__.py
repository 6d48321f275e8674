"""What people and machines read: documents built from views of the record, without any I/O."""
