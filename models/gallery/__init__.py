"""Galleries searched: FAISS finds the neighbours of a vector among millions. It is loaded where it is used."""
