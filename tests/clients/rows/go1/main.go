// The AWS SDK for Go, version 1 (see lines.py).
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"time"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/ec2"
)

type asked struct {
	URL, Action, ID string
	Token           *string
	Times           int
}

type answer struct {
	Told   interface{} `json:"told"`
	Pauses []float64   `json:"pauses"`
}

func call(client *ec2.EC2, one asked) (err error) {
	switch ids := []*string{&one.ID}; one.Action {
	case "CreateSnapshot":
		_, err = client.CreateSnapshot(&ec2.CreateSnapshotInput{VolumeId: &one.ID})
	case "RunInstances":
		_, err = client.RunInstances(&ec2.RunInstancesInput{
			ImageId: aws.String("ami-0abcdef1234567890"), MinCount: aws.Int64(1), MaxCount: aws.Int64(1), ClientToken: one.Token})
	case "DescribeInstances":
		_, err = client.DescribeInstances(&ec2.DescribeInstancesInput{InstanceIds: ids})
	case "TerminateInstances":
		_, err = client.TerminateInstances(&ec2.TerminateInstancesInput{InstanceIds: ids})
	case "wait":
		err = client.WaitUntilSnapshotCompleted(&ec2.DescribeSnapshotsInput{SnapshotIds: ids})
	}
	return err
}

func told(err error) interface{} {
	if err == nil {
		return true
	}
	if known, ok := err.(awserr.Error); ok {
		return known.Code()
	}
	return err.Error()
}

func main() {
	out := json.NewEncoder(os.Stdout)
	out.Encode(struct{}{})
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var one asked
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			panic(err)
		}
		said := answer{Pauses: []float64{}}
		client := ec2.New(session.Must(session.NewSession()), &aws.Config{
			Endpoint:   &one.URL,
			SleepDelay: func(pause time.Duration) { said.Pauses = append(said.Pauses, pause.Seconds()) }})
		for i := 0; i < one.Times; i++ {
			said.Told = told(call(client, one))
		}
		out.Encode(said)
	}
}
