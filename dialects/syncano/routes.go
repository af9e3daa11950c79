package syncano

// endpoints is the whole URL space, but for files.
func endpoints() []*endpoint {
	all := [][]*endpoint{userEndpoints(), groupEndpoints(), membershipEndpoints(), accountEndpoints(), instanceEndpoints(), apiKeyEndpoints(),
		classEndpoints(), objectEndpoints(), batchEndpoints(), linkPageEndpoints(), v2UserEndpoints(), aclEndpoints()}
	var list []*endpoint
	for _, some := range all {
		list = append(list, some...)
	}
	return list
}

func onlyV1(v *version) bool { return !v.v2 }

func onlyV2(v *version) bool { return v.v2 }
