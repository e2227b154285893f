//! dbspec-live
