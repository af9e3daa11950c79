package passwd

import "testing"

// FuzzVerify looks for panics, and for a hash that passes parse and still asks
// for more work than the limits allow.
func FuzzVerify(f *testing.F) {
	for _, encoded := range []string{
		"", "$", "$2", "changeme1", "!", "$argon2id$", "$argon2id$v=19$m=8,t=1,p=1$c2l4dGVlbi1ieXRlcy1vaw$kEbm5Z2WAjJiyFpEA/o9Jg",
		"argon2$argon2i$v=19$m=512,t=2,p=2$SGsyUHo3THc5UWFT$oD8R6tEu4b+0aYi7Ef7E0w",
		"$argon2id$v=19$m=4294967295,t=4294967295,p=255$c2l4dGVlbi1ieXRlcy1vaw$kEbm5Z2WAjJiyFpEA/o9Jg",
		"$2b$04$XxkjlseiF5yPpcKPopXKzO/YTbGgGrcpsfG70GvCBGAMFCIKuxF4i", "$2y$31$XxkjlseiF5yPpcKPopXKzO/YTbGgGrcpsfG70GvCBGAMFCIKuxF4i",
		"bcrypt_sha256$$2b$05$ATqe5EiH.mZ0DufeVLfzheKGVX7rD7P6HIqryD.V/kZJdsrJpP4d2", "bcrypt$$2a$04$XxkjlseiF5yPpcKPopXKzO/YTbGgGrcpsfG70GvCBGAMFCIKuxF4i",
		"pbkdf2_sha1$12$seasalt00000$3ShtVaMu9ThZhZ+l3gclOU/FnW4=", "pbkdf2_sha256$999999999999$s$ZTnUmPAtsgqob6U7pqLhRGNNzG9q4V2HdW6ZREQ+/AU=",
		"onapp_sha1$s$k$a2d3579084d02a5ab09104a5ec0fc83b22569487", "onapp_sha1$$$",
	} {
		f.Add(encoded, "changeme1")
	}
	f.Fuzz(func(t *testing.T, encoded, plain string) {
		scheme, check := parse(encoded)
		if (scheme == Unknown) != (check == nil) || Known(encoded) != (check != nil) {
			t.Fatalf("%q: scheme %s, checker %v, known %t", encoded, scheme, check, Known(encoded))
		}
		if !withinLimits(check) {
			t.Fatalf("%q exceeds the limits: %+v", encoded, check)
		}
		if cheapEnough(check) && Verify(encoded, plain) && check == nil {
			t.Fatalf("%q is unknown and matches %q", encoded, plain)
		}
	})
}

func withinLimits(check checker) bool {
	switch h := check.(type) {
	case *argon2Hash:
		return h.params.Memory <= 256<<10 && uint64(h.params.Memory)*uint64(h.params.Time) <= 1<<20 && len(h.digest) >= 16
	case bcryptHash:
		return h[4:6] >= "04" && h[4:6] <= "15"
	case bcryptSHA256Hash:
		return h[4:6] >= "04" && h[4:6] <= "15"
	case *pbkdf2Hash:
		return h.iterations >= 1 && h.iterations <= 10_000_000
	}
	return true
}

// cheapEnough keeps the fuzzer quick: costs near the limits take seconds.
func cheapEnough(check checker) bool {
	switch h := check.(type) {
	case *argon2Hash:
		return h.params.Memory*h.params.Time <= 4096
	case bcryptHash:
		return h[4:6] == "04"
	case bcryptSHA256Hash:
		return h[4:6] == "04"
	case *pbkdf2Hash:
		return h.iterations <= 1000
	}
	return true
}
