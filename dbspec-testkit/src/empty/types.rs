//! Types of the kernel and of the engine, both ways, in total matches. Nothing is stored, so there are none.
