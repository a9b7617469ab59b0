package main

import (
	"io"
	"os"
)

// exitWhenStdinEnds ends this process at once when the other end of its stdin is closed, which the
// operating system does for a parent that dies in whatever way, kill -9 included. Nothing is shut down
// in order: a test's etcd keeps nothing that matters, and an API server whose etcd went first would hang.
func exitWhenStdinEnds() {
	// An error other than the end also means that nobody holds the other end any more.
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(3)
}
