"""The open IEIW: instruction-editing data and training, rebuilt."""
