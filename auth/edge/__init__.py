"""The edge (鉴权): turns a request's credentials into a Principal; fills `kernel.http`'s port."""
