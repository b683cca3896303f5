# One request at a time with Net::HTTP, on one connection. Arguments: told or at-once, tries.
require 'net/http'

wait, tries = ARGV
url = URI(ENV['MOCK429_URL'] + ENV['CLIENT_PATH'])
name, value = ENV['CLIENT_HEADER'].split(': ', 2)
Net::HTTP.start(url.host, url.port) do |http|
  tries.to_i.times do
    answer = http.get(url.request_uri, { name => value })
    break if answer.code.to_i < 400
    sleep answer['retry-after'].to_f + 0.1 if wait == 'told'
  end
end
