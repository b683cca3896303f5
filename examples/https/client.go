// A client in Go that takes its provider's URL from the environment. It trusts the certificates that SSL_CERT_FILE names.
package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	base := os.Getenv("KLINKY_URL")
	if base == "" {
		base = "https://klinky-api.fly.dev"
	}
	request, err := http.NewRequest("GET", base+"/api/v1/public/links", nil)
	if err != nil {
		panic(err)
	}
	request.Header.Set("X-API-Key", "klinky_live_a")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	fmt.Println("go", response.StatusCode, response.Proto)
}
