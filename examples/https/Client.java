import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** A client in Java that takes its provider's URL from the environment. */
class Client {
  public static void main(String[] args) throws Exception {
    var base = System.getenv().getOrDefault("KLINKY_URL", "https://klinky-api.fly.dev");
    var request = HttpRequest.newBuilder(URI.create(base + "/api/v1/public/links"))
        .header("X-API-Key", "klinky_live_a")
        .build();
    var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    System.out.println("java " + response.statusCode() + " " + response.version());
  }
}
