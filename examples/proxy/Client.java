import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** A client in Java with the provider's real URL in it. */
class Client {
  public static void main(String[] args) throws Exception {
    var request = HttpRequest.newBuilder(URI.create("https://klinky-api.fly.dev/api/v1/public/links"))
        .header("X-API-Key", "klinky_live_a")
        .build();
    System.out.println("java " + HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode());
  }
}
