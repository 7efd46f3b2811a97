//! Threads against each other: nothing lost, doubled or let in twice, with stops in between.
