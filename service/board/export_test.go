package board

import "context"

// Remember reads where somebody stands now, and returns how to write it later,
// when it may be old.
func (s *Service) Remember(ctx context.Context, tenant, user int64) (func(context.Context) error, error) {
	seed, err := s.seed(ctx, tenant)
	if err != nil {
		return nil, err
	}
	p, err := s.person(ctx, tenant, user)
	return func(ctx context.Context) error { return s.apply(ctx, keysOf(tenant, seed), tenant, "", p) }, err
}
