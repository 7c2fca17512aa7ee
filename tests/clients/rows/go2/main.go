// The AWS SDK for Go, version 2 (see lines.py).
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/smithy-go"
	smithytime "github.com/aws/smithy-go/time"
)

type asked struct {
	URL, Action, ID string
	Token           *string
	Times           int
	Most            float64
}

type answer struct {
	Told   interface{} `json:"told"`
	Pauses []float64   `json:"pauses"`
}

// The client's own retryer, whose pauses are noted and not made.
type noting struct {
	*retry.Standard
	said *answer
}

func (n noting) RetryDelay(attempt int, err error) (time.Duration, error) {
	pause, failed := n.Standard.RetryDelay(attempt, err)
	n.said.Pauses = append(n.said.Pauses, pause.Seconds())
	return 0, failed
}

var ctx = context.Background()

func call(client *ec2.Client, one asked) (err error) {
	switch ids := []string{one.ID}; one.Action {
	case "CreateSnapshot":
		_, err = client.CreateSnapshot(ctx, &ec2.CreateSnapshotInput{VolumeId: &one.ID})
	case "RunInstances":
		_, err = client.RunInstances(ctx, &ec2.RunInstancesInput{
			ImageId: aws.String("ami-0abcdef1234567890"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1), ClientToken: one.Token})
	case "DescribeInstances":
		_, err = client.DescribeInstances(ctx, &ec2.DescribeInstancesInput{InstanceIds: ids})
	case "TerminateInstances":
		_, err = client.TerminateInstances(ctx, &ec2.TerminateInstancesInput{InstanceIds: ids})
	case "wait":
		err = ec2.NewSnapshotCompletedWaiter(client).Wait(ctx,
			&ec2.DescribeSnapshotsInput{SnapshotIds: ids}, time.Duration(one.Most*float64(time.Second)))
	}
	return err
}

func told(err error) interface{} {
	if err == nil {
		return true
	}
	var known smithy.APIError
	if errors.As(err, &known) {
		return known.ErrorCode()
	}
	return err.Error()
}

func main() {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		panic(err)
	}
	out := json.NewEncoder(os.Stdout)
	out.Encode(struct{}{})
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var one asked
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			panic(err)
		}
		said := answer{Pauses: []float64{}}
		// In place of the sleeps of waiters: rows.py builds the package with this variable.
		smithytime.Slept = func(pause time.Duration) { said.Pauses = append(said.Pauses, pause.Seconds()) }
		client := ec2.NewFromConfig(cfg, func(o *ec2.Options) {
			o.EndpointResolver = ec2.EndpointResolverFromURL(one.URL)
			o.Retryer = noting{retry.NewStandard(), &said}
		})
		for i := 0; i < one.Times; i++ {
			said.Told = told(call(client, one))
		}
		out.Encode(said)
	}
}
