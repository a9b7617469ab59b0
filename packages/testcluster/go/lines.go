package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// answerLines reads one JSON value a line and writes one JSON answer a line, in the same order, flushed
// after each, until the input ends. A line can be of any length.
func answerLines(input io.Reader, output io.Writer, answer func(line []byte) any) {
	reader := bufio.NewReaderSize(input, 1<<20)
	writer := bufio.NewWriterSize(output, 1<<20)
	encoder := json.NewEncoder(writer)
	encoder.SetEscapeHTML(false)
	for {
		line, readError := reader.ReadBytes('\n')
		if len(line) > 0 {
			if err := encoder.Encode(answer(line)); err != nil {
				fmt.Fprintln(os.Stderr, "testcluster: write answer:", err)
				os.Exit(1)
			}
			// Kept together while more questions wait, so that a long batch costs few writes.
			if reader.Buffered() == 0 || readError != nil {
				if err := writer.Flush(); err != nil {
					fmt.Fprintln(os.Stderr, "testcluster: write answer:", err)
					os.Exit(1)
				}
			}
		}
		if readError == io.EOF {
			return
		}
		if readError != nil {
			fmt.Fprintln(os.Stderr, "testcluster: read question:", readError)
			os.Exit(1)
		}
	}
}

// failure is the answer to a question that has none: the input was refused, and why.
type failure struct {
	Error string `json:"error"`
}
