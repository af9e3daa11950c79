package syncano

import (
	"math"
	"strconv"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// geopoint is a place on earth, in degrees.
type geopoint struct{ longitude, latitude float64 }

func readGeopoint(v wire.Value) (geopoint, bool) {
	longitude, ok1 := degrees(v, "longitude", 180)
	latitude, ok2 := degrees(v, "latitude", 90)
	return geopoint{longitude, latitude}, ok1 && ok2
}

func degrees(v wire.Value, name string, limit float64) (float64, bool) {
	member, ok := v.Get(name)
	if !ok {
		return 0, false
	}
	n, ok := floatOf(member)
	return n, ok && math.Abs(n) <= limit
}

// floatOf reads a finite number, or a string that holds one.
func floatOf(v wire.Value) (float64, bool) {
	if kind := v.Kind(); kind != wire.KindNumber && kind != wire.KindString {
		return 0, false
	}
	n, err := strconv.ParseFloat(strip(v.Text()), 64)
	return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

func (p geopoint) json() string {
	e := wire.NewEnc(wire.Compact())
	defer e.Release()
	return string(e.Obj().Key("longitude").Float(p.longitude).Key("latitude").Float(p.latitude).End().Bytes())
}

// earthRadius in kilometres, the mean one.
const earthRadius = 6371.0088

// distance between two places, in kilometres.
func (p geopoint) distance(q geopoint) float64 {
	const rad = math.Pi / 180
	dLat := (q.latitude - p.latitude) * rad / 2
	dLon := (q.longitude - p.longitude) * rad / 2
	a := math.Sin(dLat)*math.Sin(dLat) +
		math.Cos(p.latitude*rad)*math.Cos(q.latitude*rad)*math.Sin(dLon)*math.Sin(dLon)
	return 2 * earthRadius * math.Asin(math.Min(1, math.Sqrt(a)))
}
