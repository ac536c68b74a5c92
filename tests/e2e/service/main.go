// Command receipts is a service in trouble: each printed receipt waits for a confirmation that nobody sends.
package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"time"
)

// confirmations is never written to and never closed.
var confirmations = make(chan string)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Error("cannot listen", "error", err.Error())
		os.Exit(1)
	}
	for number := range 2000 {
		go awaitConfirmation(number)
	}
	go totals()
	fmt.Println(listener.Addr())
	_ = http.Serve(listener, nil)
}

func awaitConfirmation(number int) {
	if text := <-confirmations; text == "" {
		slog.Error("empty confirmation", "receipt", number)
	}
}

// totals keeps the processor a little busy, so that a profile of it holds something.
func totals() {
	sum := 0
	for {
		for number := range 2_000_000 {
			sum += number % 7
		}
		time.Sleep(100 * time.Millisecond)
	}
}
