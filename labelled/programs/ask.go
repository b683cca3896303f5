// One request at a time with net/http, which keeps its connection. Arguments: told or at-once, tries.
package main

import (
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	tries, _ := strconv.Atoi(os.Args[2])
	header := strings.SplitN(os.Getenv("CLIENT_HEADER"), ": ", 2)
	for i := 0; i < tries; i++ {
		request, _ := http.NewRequest("GET", os.Getenv("MOCK429_URL")+os.Getenv("CLIENT_PATH"), nil)
		request.Header.Set(header[0], header[1])
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			os.Exit(70)
		}
		io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		if answer.StatusCode < 400 {
			break
		}
		if os.Args[1] == "told" {
			told, _ := strconv.ParseFloat(answer.Header.Get("Retry-After"), 64)
			time.Sleep(time.Duration((told + 0.1) * float64(time.Second)))
		}
	}
}
