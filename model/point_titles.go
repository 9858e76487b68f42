package model

// accounts names every account, in the order in which they are declared.
var accounts = []struct {
	account Account
	title   string
}{
	{AccountIssue, "发放（社区预算）"},
	{AccountPool, "社区公益池"},
	{AccountMember, "兑换分"},
	{AccountPending, "待入账"},
	{AccountRedeem, "已兑换"},
	{AccountExpired, "已过期"},
	{AccountPenalty, "已扣减"},
}

// Accounts returns the accounts of the ledger.
func Accounts() []Account {
	var all []Account
	for _, a := range accounts {
		all = append(all, a.account)
	}
	return all
}

// Title returns what people call a.
func (a Account) Title() string {
	for _, t := range accounts {
		if t.account == a {
			return t.title
		}
	}
	return ""
}
