// A client in Go with the provider's real URL in it.
package main

import (
	"fmt"
	"net/http"
)

func main() {
	request, err := http.NewRequest("GET", "https://klinky-api.fly.dev/api/v1/public/links", nil)
	if err != nil {
		panic(err)
	}
	request.Header.Set("X-API-Key", "klinky_live_a")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	fmt.Println("go", response.StatusCode)
}
