//! The machine: runs a program without I/O.
