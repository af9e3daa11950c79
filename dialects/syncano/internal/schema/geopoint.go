package schema

import (
	"math"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Point is a place on earth, in degrees.
type Point struct{ Longitude, Latitude float64 }

// ReadPoint reads an object with both coordinates.
func ReadPoint(v wire.Value) (Point, bool) {
	longitude, ok1 := degrees(v, "longitude", 180)
	latitude, ok2 := degrees(v, "latitude", 90)
	return Point{longitude, latitude}, ok1 && ok2
}

func degrees(v wire.Value, name string, limit float64) (float64, bool) {
	member, ok := v.Get(name)
	if !ok {
		return 0, false
	}
	n, ok := FloatOf(member)
	return n, ok && math.Abs(n) <= limit
}

func (p Point) json() string {
	e := wire.NewEnc(wire.Compact())
	defer e.Release()
	return string(e.Obj().Key("longitude").Float(p.Longitude).Key("latitude").Float(p.Latitude).End().Bytes())
}

// earthRadius is the mean radius in kilometres.
const earthRadius = 6371.0088

// Distance returns the distance to q in kilometres.
func (p Point) Distance(q Point) float64 {
	const rad = math.Pi / 180
	dLat := (q.Latitude - p.Latitude) * rad / 2
	dLon := (q.Longitude - p.Longitude) * rad / 2
	a := math.Sin(dLat)*math.Sin(dLat) +
		math.Cos(p.Latitude*rad)*math.Cos(q.Latitude*rad)*math.Sin(dLon)*math.Sin(dLon)
	return 2 * earthRadius * math.Asin(math.Min(1, math.Sqrt(a)))
}
