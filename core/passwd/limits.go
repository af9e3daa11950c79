package passwd

// Limits on what an imported hash may cost. They are far above what the vendors
// write, and keep the check of one hash to about two seconds of one core and 256
// MiB. A hash beyond them is not Known and never matches.
const (
	maxEncodedLen = 512 // bytes of the whole text

	maxArgon2Memory  = 256 << 10 // KiB
	maxArgon2Passes  = 1 << 20   // memory in KiB times time: 1 GiB written in all
	maxArgon2Threads = 64
	minArgon2Salt    = 8  // bytes, as the algorithm's authors require
	minArgon2Digest  = 16 // bytes; shorter ones could match by chance
	maxArgon2Digest  = 64 // bytes

	minBcryptCost = 4
	maxBcryptCost = 15

	maxPBKDF2Iterations = 10_000_000

	maxScryptMemory = 256 << 20 // bytes
	maxScryptWork   = 512 << 20 // bytes mixed by all lanes
	maxScryptBlocks = 64        // r, and p

	minSHACryptRounds = 1000
	maxSHACryptRounds = 5_000_000

	maxPHPassLog = 22

	minImportedDigest = 16 // bytes; shorter ones could match by chance
	maxImportedDigest = 128
)
