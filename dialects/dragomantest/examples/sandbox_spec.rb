# rspec sandbox_spec.rb, with dragoman on the path or in $DRAGOMAN.
require 'json'
require 'net/http'
require 'open3'

APPLICATION = 'aa136fbd-26cc-448f-af0a-cf98fe165cc6' # the one of eContext itself

RSpec.describe 'a sandbox' do
  before(:all) do
    @stdin, stdout, @process = Open3.popen2(ENV.fetch('DRAGOMAN', 'dragoman'), 'sandbox', '--listen', '127.0.0.1:0', '--output', 'json', '--exit-with-parent')
    @url = JSON.parse(stdout.gets)['url']
  end

  after(:all) do
    @stdin.close
    @process.value
  end

  def ask(method, url, body = nil, login = nil)
    uri = URI(url)
    request = Net::HTTP.const_get(method.capitalize).new(uri)
    request.basic_auth(*login) if login
    if body
      request['Content-Type'] = 'application/json'
      request.body = JSON.generate(body)
    end
    Net::HTTP.start(uri.host, uri.port) { |http| http.request(request) }
  end

  it 'returns to a snapshot' do
    sandbox = JSON.parse(ask('post', "#{@url}/_dragoman/sandboxes", {}).body)
    control = "#{@url}/_dragoman/sandboxes/#{sandbox['name']}"
    ask('post', "#{control}/snapshots", { name: 'before' })
    user = { username: 'ann', email: 'ann@example.com', password: 'S3cret-pass!', applications: [APPLICATION] }
    add = -> { ask('post', "#{sandbox['url']}/api/users/user", user, %w[admin changeme1]).code }
    expect(add.call).to eq '200'
    expect(add.call).not_to eq '200'
    ask('post', "#{control}/reset", { snapshot: 'before' })
    expect(add.call).to eq '200'
    ask('delete', control)
  end
end
