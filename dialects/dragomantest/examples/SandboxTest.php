<?php
// phpunit SandboxTest.php, with dragoman on the path or in $DRAGOMAN.

use PHPUnit\Framework\TestCase;

final class SandboxTest extends TestCase
{
    private static $process;
    private static array $pipes = [];
    private static string $url;

    public static function setUpBeforeClass(): void
    {
        $command = [getenv('DRAGOMAN') ?: 'dragoman', 'sandbox', '--listen', '127.0.0.1:0', '--output', 'json', '--exit-with-parent'];
        self::$process = proc_open($command, [['pipe', 'r'], ['pipe', 'w'], STDERR], self::$pipes);
        self::$url = json_decode(fgets(self::$pipes[1]))->url;
    }

    public static function tearDownAfterClass(): void
    {
        fclose(self::$pipes[0]);
        proc_close(self::$process);
    }

    private function ask(string $method, string $url, ?array $body = null, ?string $login = null): object
    {
        $headers = ['Content-Type: application/json'];
        if ($login !== null) {
            $headers[] = 'Authorization: Basic ' . base64_encode($login);
        }
        $context = stream_context_create(['http' => [
            'method' => $method, 'ignore_errors' => true, 'header' => $headers, 'content' => $body === null ? '' : json_encode($body),
        ]]);
        $text = file_get_contents($url, false, $context);
        preg_match('/ (\d{3}) /', $http_response_header[0] . ' ', $status);
        return (object) ['status' => (int) $status[1], 'body' => json_decode($text)];
    }

    public function testARefusalIsInOnAppsWords(): void
    {
        $sandbox = $this->ask('POST', self::$url . '/_dragoman/sandboxes', ['name' => 'php'])->body;
        $control = self::$url . '/_dragoman/sandboxes/php';
        $this->ask('POST', "$control/faults", ['operation' => 'users.list', 'dialect' => 'onapp', 'status' => 429, 'first' => 1]);
        $this->assertSame(429, $this->ask('GET', "$sandbox->url/users.json", null, 'admin:changeme1')->status);
        $this->assertSame(200, $this->ask('GET', "$sandbox->url/users.json", null, 'admin:changeme1')->status);
        $this->assertSame(200, $this->ask('POST', "$control/verify", ['operation' => 'users.list', 'times' => 2])->status);
        $this->ask('DELETE', $control);
    }
}
