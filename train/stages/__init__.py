"""The stages of the paper's training: what each asks for where a stage file says nothing."""
